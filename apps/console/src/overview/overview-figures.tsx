import { Skeleton } from '@mantine/core';
import Link from 'next/link';
import { formatSpan } from '../ui/format';
import type { OverviewFigures } from './use-overview';
import classes from './overview.module.css';

interface FigureProps {
  readonly name: string;
  /** Undefined while it is not known yet. */
  readonly value: string | undefined;
  readonly note: string;
  readonly href?: string;
  readonly tone?: 'failed';
}

function Figure({ name, value, note, href, tone }: FigureProps) {
  const content = (
    <>
      <span className={classes.figureName}>{name}</span>
      {value === undefined ? (
        <Skeleton height={24} width={64} my={3} />
      ) : (
        <span className={`${classes.figureValue} numeric`} data-tone={tone}>
          {value}
        </span>
      )}
      <span className={classes.figureNote}>{note}</span>
    </>
  );
  return href === undefined ? (
    <div className={classes.figure}>{content}</div>
  ) : (
    <Link href={href} className={classes.figure}>
      {content}
    </Link>
  );
}

const SECONDS_PER_HOUR = 3600;

const spanOr = (seconds: number | null, none: string): string => (seconds === null ? none : formatSpan(seconds));

const jobs = (count: number | undefined): string => (count === 1 ? 'job' : 'jobs');

const audioText = (hours: number): string =>
  hours < 10 ? formatSpan(hours * SECONDS_PER_HOUR) : `${Math.round(hours).toLocaleString('en')} h`;

/** What runs, what waits, what failed, how much and how fast. */
export function OverviewNumbers({ figures }: { readonly figures: OverviewFigures | undefined }) {
  const factor = figures?.realTimeFactorNow ?? null;
  return (
    <section className={classes.figures} aria-label="Now">
      <Figure
        name="Running"
        value={figures && String(figures.running)}
        note={jobs(figures?.running)}
        href="/jobs?state=running"
      />
      <Figure
        name="Waiting"
        value={figures && String(figures.waiting)}
        note={jobs(figures?.waiting)}
        href="/jobs?state=waiting"
      />
      <Figure
        name="Failed"
        value={figures && String(figures.failed)}
        note="not tried again"
        href="/jobs?state=failed"
        {...((figures?.failed ?? 0) > 0 && { tone: 'failed' as const })}
      />
      <Figure name="Audio" value={figures && audioText(figures.audioHoursDay)} note="transcribed in a day" />
      <Figure
        name="Speed now"
        value={figures && (factor === null || factor <= 0 ? '–' : `${(1 / factor).toFixed(1)}×`)}
        note={
          figures === undefined
            ? ''
            : factor === null
              ? 'nothing in five minutes'
              : `real-time factor ${factor.toFixed(3)}`
        }
      />
      <Figure
        name="Wait, p95"
        value={figures && spanOr(figures.waitSecondsP95, '–')}
        note={figures ? `half within ${spanOr(figures.waitSecondsP50, '–').replace('< ', '')}` : ''}
      />
    </section>
  );
}
