import { createORPCClient, type ClientContext, type ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { StationClient } from '@shared/contract/index';

/** The page's one line to the station. The client stays the same object over any number of channels. */
export interface StationConnection {
  readonly client: StationClient;
  /** Drops the present channel, failing whatever still waits on it, and opens a new one. */
  readonly renew: () => void;
}

/** Why a call was given up: its channel was replaced because the station had gone silent. */
export class ContactLostError extends Error {
  override readonly name = 'ContactLostError';
}

interface Channel {
  readonly link: RPCLink<ClientContext>;
  readonly dropped: AbortSignal;
  readonly drop: () => void;
}

/** The preload listens for this message and passes the port on to the station. */
function openChannel(): Channel {
  const { port1, port2 } = new MessageChannel();
  const controller = new AbortController();
  window.postMessage({ type: 'silvasonic:connect' }, window.location.origin, [port2]);
  const link = new RPCLink<ClientContext>({ port: port1 });
  port1.start();
  return {
    link,
    dropped: controller.signal,
    drop() {
      controller.abort(new ContactLostError('the channel to the station was replaced'));
      port1.close();
    },
  };
}

export function connectToStation(): StationConnection {
  let channel = openChannel();
  const link: ClientLink<ClientContext> = {
    call: (path, input, options) => {
      // A port says nothing when its other end is gone, so calls must be ended from this side.
      const signal = options.signal
        ? AbortSignal.any([options.signal, channel.dropped])
        : channel.dropped;
      return channel.link.call(path, input, { ...options, signal });
    },
  };
  return {
    client: createORPCClient<StationClient>(link),
    renew() {
      channel.drop();
      channel = openChannel();
    },
  };
}
