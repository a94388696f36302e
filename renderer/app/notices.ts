import { lazy } from 'react';

/** Where passing notices appear; not needed for the first picture. */
export const Notices = lazy(async () => ({
  default: (await import('@mantine/notifications')).Notifications,
}));

/** Tells of something that did not work and has no place of its own on the page. */
export async function tellFailure(title: string, message: string): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show({ color: 'yellow', title, message, role: 'alert' });
}
