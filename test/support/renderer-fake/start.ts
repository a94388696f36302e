// Development only: the real page against a station that lives in the same page.
import { serveFakeStation } from './fake-station';

serveFakeStation(new URLSearchParams(location.search).get('scene') ?? 'filled');
await import('../../../renderer/main');
