import { formatPercent } from '../ui/format';
import type { RunComparison } from './compare-runs';
import classes from './comparison.module.css';

/** How far two runs are apart, and how to read the marks. */
export function ComparisonNote({ comparison }: { readonly comparison: RunComparison }) {
  const { different, words } = comparison;
  if (different === 0)
    return (
      <div className={classes.compareNote} role="status">
        Both runs say the same.
      </div>
    );
  return (
    <div className={classes.compareNote} role="status">
      {different === 1 ? '1 word differs' : `${different.toLocaleString('en')} words differ`} from the other run (
      {formatPercent(different / Math.max(1, words))}): <del className={classes.ours}>only here</del>,{' '}
      <ins className={classes.theirs}>only there</ins>.
    </div>
  );
}
