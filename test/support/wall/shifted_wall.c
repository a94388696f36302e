/* Preloaded, it shows every wall clock shifted by the milliseconds that the file $SHIFTED_WALL holds, from the very
 * moment at which that file changes. Monotonic time is as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const long long *shift_ms;

__attribute__((constructor)) static void look(void) {
	const char *path = getenv("SHIFTED_WALL");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0) return;
	void *map = mmap(NULL, sizeof *shift_ms, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED) shift_ms = map;
}

static void add(long long *s, long long *fraction, long long unit) {
	long long ms = shift_ms ? *shift_ms : 0;
	*s += ms / 1000;
	*fraction += ms % 1000 * (unit / 1000);
	if (*fraction >= unit) { *s += 1; *fraction -= unit; }
	if (*fraction < 0) { *s -= 1; *fraction += unit; }
}

int clock_gettime(clockid_t id, struct timespec *t) {
	static int (*real)(clockid_t, struct timespec *);
	if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(id, t);
	if (result != 0 || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return result;
	long long s = t->tv_sec, ns = t->tv_nsec;
	add(&s, &ns, 1000000000);
	t->tv_sec = s; t->tv_nsec = ns;
	return 0;
}

int gettimeofday(struct timeval *t, void *zone) {
	struct timespec now;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
	t->tv_sec = now.tv_sec; t->tv_usec = now.tv_nsec / 1000;
	return 0;
}
