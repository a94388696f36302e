import type { Authorisation, AuthorisationStep, AuthorisedType } from '@shared/model/authorisation';
import { Mailbox } from '../../events/mailbox';
import { InvalidValueError, NotAvailableError } from '../../request-error';
import { AuthorisationError } from './authorisation-error';
import { asSecret, type OauthToken, tokenIn } from './oauth-token';
import type { Drive } from './onedrive-lookup';
import type { AuthoriseRequest } from './rclone-authorise';

export interface AuthoriserOptions {
  /** Lets a browser on this machine bring a token. @throws AuthorisationError; AbortError */
  readonly run: (
    request: AuthoriseRequest,
    onAddress: (address: string) => void,
    signal: AbortSignal,
  ) => Promise<OauthToken>;
  /** @throws AuthorisationError; AbortError */
  readonly ownDrive: (token: OauthToken, signal: AbortSignal, region: string) => Promise<Drive>;
  /** Opens an address in the browser of whoever sits here; null: nobody can. */
  readonly openAddress: ((address: string) => Promise<void>) | null;
  /** A screen without a browser. */
  readonly isKiosk: () => boolean;
  /** Is told every secret, and takes them out of what others say. */
  readonly scrubber: { learn(secret: string): void; scrub(text: string): string };
}

interface Application {
  readonly type: AuthorisedType;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly region: string;
}

/** Lets the station in with Google or Microsoft: by a browser on this machine, or by a token made elsewhere. */
export class Authoriser {
  readonly #options: AuthoriserOptions;

  constructor(options: AuthoriserOptions) {
    this.#options = options;
  }

  /**
   * @param here whoever asks sits before this machine's screen
   * @throws NotAvailableError where there is no browser
   */
  begin(
    application: Application,
    here: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<AuthorisationStep, void> {
    if (here && this.#options.isKiosk()) {
      const words = 'A kiosk has no browser. Make the token on another computer, and paste it.';
      throw new NotAvailableError('login', words);
    }
    return this.#steps(application, here, signal);
  }

  /** @throws InvalidValueError: it is no token, or nobody takes it; AbortError */
  async read(
    { type, region, pasted }: Pick<Application, 'type' | 'region'> & { readonly pasted: string },
    signal: AbortSignal,
  ): Promise<Authorisation> {
    try {
      return await this.#complete(type, region, tokenIn(pasted), signal);
    } catch (error) {
      if (!(error instanceof AuthorisationError)) throw error;
      throw new InvalidValueError('pasted', this.#options.scrubber.scrub(error.message));
    }
  }

  async *#steps(
    { type, clientId, clientSecret, region }: Application,
    here: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<AuthorisationStep, void> {
    const { run, scrubber, openAddress } = this.#options;
    if (clientSecret !== undefined) scrubber.learn(clientSecret);
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    const steps = new Mailbox<AuthorisationStep>(3);
    const visit = (address: string): void => {
      const opening =
        here && openAddress !== null ? openAddress(address) : Promise.reject(new Error());
      opening.then(
        () => steps.put({ step: 'visit', address, opened: true }),
        () => steps.put({ step: 'visit', address, opened: false }),
      );
    };
    const request = { type, options: optionsOf(type, clientId, clientSecret, region) };
    run(request, visit, until)
      .then((token) => this.#complete(type, region, token, until))
      .then(
        (authorisation) => steps.put({ step: 'done', ...authorisation }),
        (error: unknown) => steps.put(this.#failed(error)),
      );
    try {
      for (;;) {
        const step = await steps.next(until);
        if (step === undefined) return;
        yield step;
        if (step.step !== 'visit') return;
      }
    } finally {
      left.abort();
    }
  }

  async #complete(
    type: AuthorisedType,
    region: string,
    token: OauthToken,
    signal: AbortSignal,
  ): Promise<Authorisation> {
    const secret = asSecret(token);
    this.#options.scrubber.learn(secret);
    if (type === 'drive') return { token: secret, options: {} };
    const drive = await this.#options.ownDrive(token, signal, region);
    return { token: secret, options: { ...drive, region } };
  }

  #failed(error: unknown): AuthorisationStep {
    const { scrubber } = this.#options;
    if (error instanceof AuthorisationError) {
      return { step: 'failed', problem: error.problem, detail: scrubber.scrub(error.message) };
    }
    const detail = 'The station could not be let in, for a reason that was not foreseen.';
    return { step: 'failed', problem: 'failed', detail };
  }
}

function optionsOf(
  type: AuthorisedType,
  clientId: string | undefined,
  clientSecret: string | undefined,
  region: string,
): Record<string, string> {
  return {
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    // It sees what it made itself, and nothing else.
    ...(type === 'drive' ? { scope: 'drive.file' } : { region }),
  };
}
