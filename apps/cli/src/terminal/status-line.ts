const REDRAW_MILLISECONDS = 100;
const PLAIN_INTERVAL_MILLISECONDS = 5_000;

export interface StatusLine {
  /** Shows a text in place of the last one. Without a terminal: a line of its own, when `step` changed or some time went by. */
  show(text: string, step: string): void;
  /** Writes lines that stay, above the status. */
  print(text: string): void;
  /** Takes the status away. Idempotent. */
  clear(): void;
}

/** One line at the bottom of the terminal that is drawn over again; plain lines where there is no terminal. */
export function createStatusLine(stream: NodeJS.WriteStream): StatusLine {
  return stream.isTTY ? createTerminalLine(stream) : createPlainLine(stream);
}

function createTerminalLine(stream: NodeJS.WriteStream): StatusLine {
  let current = '';
  let drawnAt = 0;
  const draw = (): void => {
    const columns = Math.max(20, stream.columns - 1);
    const text = [...current].length > columns ? `${[...current].slice(0, columns - 1).join('')}…` : current;
    stream.write(`\r\x1b[2K${text}`);
    drawnAt = Date.now();
  };
  return {
    show(text, step) {
      const stepChanged = !current.includes(step);
      current = text;
      if (stepChanged || Date.now() - drawnAt > REDRAW_MILLISECONDS) draw();
    },
    print(text) {
      stream.write(`\r\x1b[2K${text}\n`);
      if (current !== '') draw();
    },
    clear() {
      if (current === '') return;
      current = '';
      stream.write('\r\x1b[2K');
    },
  };
}

function createPlainLine(stream: NodeJS.WriteStream): StatusLine {
  let lastStep = '';
  let lastText = '';
  let writtenAt = 0;
  return {
    show(text, step) {
      const due = step !== lastStep || Date.now() - writtenAt > PLAIN_INTERVAL_MILLISECONDS;
      if (!due || text === lastText) return;
      stream.write(`${text}\n`);
      lastStep = step;
      lastText = text;
      writtenAt = Date.now();
    },
    print(text) {
      stream.write(`${text}\n`);
    },
    clear: () => undefined,
  };
}
