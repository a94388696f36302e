import { type RecorderStatus, recorderStateSchema } from '@shared/model/recorder';
import { counters, type Family, gauges, states, timestampS } from './family';

type Value = number | boolean | null;

/** How each recorder stands. What it captured and lost over all of its runs: see `sound-tally.ts`. */
export function recorderFamilies(recorders: readonly RecorderStatus[]): Family[] {
  const each = (name: string, help: string, value: (recorder: RecorderStatus) => Value): Family =>
    gauges(
      `silvasonic_recorder_${name}`,
      help,
      ['device'],
      recorders.map((recorder) => [[recorder.device], value(recorder)]),
    );
  return [
    gauges(
      'silvasonic_recorder_info',
      'Which microphone a device is, and with which profile it records.',
      ['device', 'display_name', 'kind', 'profile'],
      recorders.map((recorder) => [
        [recorder.device, recorder.displayName, recorder.kind, recorder.profileSlug ?? ''],
        1,
      ]),
    ),
    each('desired', '1: it should record now.', ({ desired }) => desired),
    gauges(
      'silvasonic_recorder_state',
      '1 for the state that a recorder is in; recording: sound grows on disk.',
      ['device', 'state'],
      recorders.flatMap(({ device, state }) =>
        states(recorderStateSchema.options, state, [device]),
      ),
    ),
    each('failing', '1: it failed several times in a row.', ({ failing }) => failing),
    counters(
      'silvasonic_recorder_restarts_total',
      'Captures that were started again after a failure, since the console was started.',
      ['device'],
      recorders.map(({ device, restarts }) => [[device], restarts]),
    ),
    each(
      'last_audio_timestamp_seconds',
      'When sound was last seen growing on disk, in seconds since 1970.',
      ({ lastAudioAt }) => timestampS(lastAudioAt),
    ),
    each(
      'last_segment_timestamp_seconds',
      'End of the newest segment that was kept, in seconds since 1970.',
      ({ lastSegmentAt }) => timestampS(lastSegmentAt),
    ),
    each('sample_rate_hertz', 'Frames per second.', ({ sampleRateHz }) => sampleRateHz),
    each('run_recorded_seconds', 'Sound kept of the present run.', ({ recordedS }) => recordedS),
    each('run_lost_seconds', 'Sound lost in the present run.', ({ lostS }) => lostS),
    each(
      'run_overruns',
      'Overruns that the sound system reported in the present run.',
      ({ overruns }) => overruns,
    ),
    each(
      'run_segments_refused',
      'Segments of the present run that were not as expected.',
      ({ segmentsRefused }) => segmentsRefused,
    ),
    each(
      'clock_drift_ratio',
      'How much faster than the station’s clock the microphone’s is; 0.0001: 100 ppm.',
      ({ driftPpm }) => (driftPpm === null ? null : driftPpm / 1e6),
    ),
    each(
      'signal_peak_dbfs',
      'Loudest sample of the newest segment, dB below full scale.',
      ({ signal }) => signal?.peakDbfs ?? null,
    ),
    each(
      'signal_rms_dbfs',
      'Level of the newest segment, dB below full scale.',
      ({ signal }) => signal?.rmsDbfs ?? null,
    ),
    each(
      'signal_clipped_ratio',
      'Frames at full scale in the newest segment, 0 to 1.',
      ({ signal }) => signal?.clippedRatio ?? null,
    ),
    each(
      'signal_constant',
      '1: a channel did not move at all.',
      ({ signal }) => signal?.constant ?? null,
    ),
  ];
}
