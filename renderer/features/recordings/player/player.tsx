import type { Detection } from '@shared/model/analysis';
import type { Recording, Stream } from '@shared/model/recording';
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRepeat,
  IconVolumeOff,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useId, useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { holdsUltrasound, mediaAddress, SLOWDOWNS, type Slowdown } from './media-address';
import styles from './player.module.css';
import { ZOOMS, zoomStep } from './seek-step';
import { SoundView, type SoundViewHandle } from './sound-view';
import { usePlayback } from './use-playback';

/** Above this rate browsers commonly refuse to decode. Hz. */
const COMMONLY_PLAYABLE_HZ = 192_000;
const MOST_GAIN_DB = 48;
const GAIN_STEP_DB = 6;

interface Props {
  readonly recording: Recording;
  readonly detections: readonly Detection[];
  readonly label: string;
  /** Set by the player: moves the sound to a place, seconds. */
  readonly jump: Ref<(atS: number) => void>;
}

/** Hears and sees one recording: waveform, spectrogram, either file, slowed down, louder, again and again. */
export function Player({ recording, detections, label, jump }: Props): ReactNode {
  const [chosen, setChosen] = useState<Stream | null>(null);
  const [wantedSlowdown, setSlowdown] = useState<Slowdown>(1);
  const [attempt, setAttempt] = useState(0);
  const [ways, setWays] = useState<Ways>({ zoom: 1, loop: false, gainDb: 0 });
  // The processed file is what ears and screens can take; the raw one may run at 384 kHz.
  const stream: Stream = chosen ?? (recording.processed === null ? 'raw' : 'processed');
  const file = recording[stream];
  const slowdown = file !== null && holdsUltrasound(file.sampleRateHz) ? wantedSlowdown : 1;
  return (
    <Sound
      // Another file is another sound: it begins anew.
      key={`${stream} ${String(slowdown)} ${String(attempt)}`}
      recording={recording}
      detections={detections}
      label={label}
      jump={jump}
      stream={stream}
      setStream={setChosen}
      slowdown={slowdown}
      setSlowdown={setSlowdown}
      ways={ways}
      setWays={setWays}
      again={() => {
        setAttempt(attempt + 1);
      }}
    />
  );
}

/** What stays as it is when another file or speed is chosen. */
interface Ways {
  readonly zoom: number;
  readonly loop: boolean;
  readonly gainDb: number;
}

interface SoundProps extends Props {
  readonly ways: Ways;
  readonly setWays: (ways: Ways) => void;
  readonly stream: Stream;
  readonly setStream: (stream: Stream) => void;
  readonly slowdown: Slowdown;
  readonly setSlowdown: (slowdown: Slowdown) => void;
  readonly again: () => void;
}

function Sound({
  recording,
  detections,
  label,
  jump,
  stream,
  setStream,
  slowdown,
  setSlowdown,
  ways,
  setWays,
  again,
}: SoundProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { zoom, loop, gainDb } = ways;
  const view = useRef<SoundViewHandle>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const gainId = useId();
  const { durationS } = recording;
  // As wide at the beginning as at the end.
  const position = (atS: number): string => {
    const minutes = Math.floor(atS / 60);
    const seconds = format.decimal(atS - minutes * 60, 1);
    return durationS < 60 ? seconds : `${String(minutes)}:${seconds.padStart(4, '0')}`;
  };
  const {
    audio,
    state,
    playing,
    toggle,
    seek,
    at,
    setGainDb,
    events: { onPlay, ...events },
  } = usePlayback(slowdown, (atS) => {
    view.current?.moveTo(atS);
    if (clock.current !== null) clock.current.textContent = position(atS);
  });
  const file = recording[stream];
  const seen = recording.raw ?? recording.processed;
  useImperativeHandle(jump, () => seek);
  const slowable = file !== null && holdsUltrasound(file.sampleRateHz);
  return (
    <section className={styles.player}>
      <SoundView
        ref={view}
        recordingId={recording.id}
        durationS={durationS}
        sampleRateHz={seen?.sampleRateHz ?? 0}
        detections={detections}
        zoom={zoom}
        label={label}
        seek={seek}
        toggle={toggle}
        at={at}
      />
      <div className={styles.controls}>
        <ActionIcon
          className={styles.play}
          aria-label={playing ? t('player.pause') : t('player.play')}
          disabled={state === 'failed'}
          data-testid="play"
          data-playing={playing ? '' : undefined}
          onClick={toggle}
        >
          {playing ? (
            <IconPlayerPauseFilled size={26} aria-hidden />
          ) : (
            <IconPlayerPlayFilled size={26} aria-hidden />
          )}
        </ActionIcon>
        <span className={styles.clock}>
          <span ref={clock} data-testid="position">
            {position(0)}
          </span>{' '}
          / {position(durationS)} s
        </span>
        <ActionIcon
          variant={loop ? 'filled' : 'default'}
          aria-label={t('player.loop')}
          title={t('player.loop')}
          aria-pressed={loop}
          data-testid="loop"
          onClick={() => {
            setWays({ ...ways, loop: !loop });
          }}
        >
          <IconRepeat size={22} aria-hidden />
        </ActionIcon>
        <span className={styles.zoom} role="group" aria-label={t('player.zoom')}>
          <ActionIcon
            variant="default"
            aria-label={t('player.zoomOut')}
            disabled={zoom === ZOOMS[0]}
            data-testid="zoom-out"
            onClick={() => {
              setWays({ ...ways, zoom: zoomStep(zoom, -1) });
            }}
          >
            <IconZoomOut size={22} aria-hidden />
          </ActionIcon>
          <span className={styles.figure} aria-live="polite">
            {zoom}×
          </span>
          <ActionIcon
            variant="default"
            aria-label={t('player.zoomIn')}
            disabled={zoom === ZOOMS.at(-1)}
            data-testid="zoom-in"
            onClick={() => {
              setWays({ ...ways, zoom: zoomStep(zoom, 1) });
            }}
          >
            <IconZoomIn size={22} aria-hidden />
          </ActionIcon>
        </span>
        <SegmentedControl
          aria-label={t('recordings.stream')}
          data-testid="stream-choice"
          value={stream}
          onChange={setStream}
          data={(['processed', 'raw'] as const).map((value) => ({
            value,
            label: t(`recordings.${value}`),
            disabled: recording[value] === null,
          }))}
        />
        {slowable ? (
          <SegmentedControl
            aria-label={t('player.slowdown')}
            data-testid="slowdown"
            value={String(slowdown)}
            onChange={(value) => {
              setSlowdown(SLOWDOWNS.find((one) => String(one) === value) ?? 1);
            }}
            data={SLOWDOWNS.map((value) => ({
              value: String(value),
              label: value === 1 ? t('player.atRate') : t('player.slower', { times: value }),
            }))}
          />
        ) : null}
        <span className={styles.gain}>
          <label htmlFor={gainId}>{t('player.gain')}</label>
          <input
            id={gainId}
            type="range"
            min={0}
            max={MOST_GAIN_DB}
            step={GAIN_STEP_DB}
            value={gainDb}
            aria-valuetext={`+${String(gainDb)} dB`}
            data-testid="gain"
            onChange={(event) => {
              const wanted = event.currentTarget.valueAsNumber;
              setWays({ ...ways, gainDb: wanted });
              setGainDb(wanted);
            }}
          />
          <span className={styles.figure}>+{gainDb} dB</span>
        </span>
      </div>
      {slowdown === 1 || file === null ? null : (
        <p className={styles.note} role="status">
          {t('player.slowNote', {
            times: slowdown,
            top: format.rate(file.sampleRateHz / 2),
            heard: format.rate(file.sampleRateHz / 2 / slowdown),
          })}
        </p>
      )}
      <audio
        ref={audio}
        // Without it Web Audio is given silence: the sound has another origin than the page.
        crossOrigin="anonymous"
        preload="metadata"
        loop={loop}
        src={file === null ? undefined : mediaAddress(recording.id, stream, slowdown)}
        aria-label={label}
        data-testid="player"
        data-state={state}
        data-stream={stream}
        data-slowdown={slowdown}
        {...events}
        onPlay={() => {
          setGainDb(gainDb);
          onPlay();
        }}
      />
      {state === 'failed' && file !== null ? (
        <div className={styles.failed} role="alert" data-testid="player-failed">
          <p className={styles.title}>
            <IconVolumeOff size={22} aria-hidden /> {t('recordings.cannotPlay')}
          </p>
          <p>
            {file.sampleRateHz / slowdown > COMMONLY_PLAYABLE_HZ
              ? t('recordings.cannotPlayHighRate', { rate: format.rate(file.sampleRateHz) })
              : t('recordings.cannotPlayOther')}
          </p>
          <div className={styles.buttons}>
            {recording[stream === 'raw' ? 'processed' : 'raw'] === null ? null : (
              <Button
                onClick={() => {
                  setStream(stream === 'raw' ? 'processed' : 'raw');
                }}
              >
                {stream === 'raw' ? t('recordings.tryProcessed') : t('recordings.tryRaw')}
              </Button>
            )}
            <Button variant="default" onClick={again}>
              {t('common.retry')}
            </Button>
          </div>
        </div>
      ) : null}
    </section>
  );
}
