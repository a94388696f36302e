import type { LogFilter, LogRecord } from '@shared/model/log';
import { useEffect, useState } from 'react';
import { backoffMs, pause } from '../../app/follow-station';
import { useStation } from '../../app/station-context';
import { appendRecords, NO_LINES, type LogLines } from './log-lines';

const TAIL = 500;
/** New lines are drawn at most this often, however fast they come. */
const FLUSH_MS = 200;

interface LogStream {
  readonly log: LogLines;
  readonly live: boolean;
  /** The first answer is still awaited. */
  readonly loading: boolean;
  readonly error: unknown;
}

interface LogReader extends LogStream {
  /** Begins anew at once instead of after the pause. */
  readonly retry: () => void;
}

const WAITING: LogStream = { log: NO_LINES, live: false, loading: true, error: null };

/** The newest records that pass the filter, then every new one, for as long as the page is open. */
export function useLogStream(filter: LogFilter): LogReader {
  const { client } = useStation();
  const { level, service, search } = filter;
  const [stream, setStream] = useState<{ readonly of: string; readonly state: LogStream }>({
    of: '',
    state: WAITING,
  });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify([level, service, search, turn]);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const input: LogFilter = {
      level,
      ...(service === undefined ? {} : { service }),
      ...(search === undefined ? {} : { search }),
    };
    const complete = level === 'debug' && service === undefined && search === undefined;
    const update = (change: (state: LogStream) => LogStream): void => {
      setStream((now) => ({ of: key, state: change(now.of === key ? now.state : WAITING) }));
    };
    const pending: LogRecord[] = [];
    const flush = (): void => {
      if (pending.length === 0) return;
      const records = pending.splice(0);
      update((state) => ({ ...state, log: appendRecords(state.log, records, { complete }) }));
    };
    const timer = setInterval(flush, FLUSH_MS);

    const follow = async (): Promise<void> => {
      let attempt = 0;
      const over = (): boolean => signal.aborted;
      while (!over()) {
        try {
          // Watch first, then read back: nothing can fall between the two; what overlaps is left out.
          const watch = await client.logs.watch(input, { signal });
          const tail = await client.logs.tail({ ...input, limit: TAIL }, { signal });
          attempt = 0;
          update((state) => ({
            log: appendRecords(state.log, tail, {
              complete,
              maybeMissed: tail.length === TAIL && isAhead(tail[0], state.log),
            }),
            live: true,
            loading: false,
            error: null,
          }));
          for await (const record of watch) pending.push(record);
        } catch (error) {
          if (!over()) update((state) => ({ ...state, error, loading: false }));
        }
        if (over()) return;
        flush();
        update((state) => ({ ...state, live: false }));
        await pause(backoffMs(attempt), signal);
        attempt += 1;
      }
    };
    void follow();
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [client, key, level, service, search]);

  return {
    ...(stream.of === key ? stream.state : WAITING),
    retry: () => {
      setTurn(turn + 1);
    },
  };
}

/** The record lies beyond everything that is known, so something may lie between. */
function isAhead(record: LogRecord | undefined, log: LogLines): boolean {
  return record !== undefined && log.last !== null && record.sequence > log.last.sequence;
}
