import { IconUpload } from '@tabler/icons-react';
import classes from './upload.module.css';

export function DropOverlay() {
  return (
    <div className={classes.overlay} role="status">
      <div className={classes.overlayCard}>
        <IconUpload size={28} aria-hidden />
        Drop recordings anywhere to transcribe them
      </div>
    </div>
  );
}
