// Development only: the real page against a station that lives in the same page.
import { serveFakeStation } from './fake-station';
import { serveSampleSound } from './sample-sound';

serveFakeStation(new URLSearchParams(location.search).get('scene') ?? 'filled');
serveSampleSound();
await import('../../../renderer/main');
