import classes from './wordmark.module.css';

/** The product's name beside five bars of sound. */
export function Wordmark() {
  return (
    <span className={classes.wordmark}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" className={classes.bars}>
        {[4, 9, 16, 7, 11].map((height, index) => (
          <rect key={index} x={1 + index * 4} y={10 - height / 2} width="2.2" height={height} rx="1.1" />
        ))}
      </svg>
      Voice Transcriber
    </span>
  );
}
