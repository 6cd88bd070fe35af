import { Modal } from '@mantine/core';
import { FactList, type Fact } from '../ui/fact-list';
import { formatBytes, formatLanguage } from '../ui/format';
import type { CatalogueModel } from './model-list';
import classes from './models.module.css';

function factsOf(model: CatalogueModel): readonly Fact[] {
  const languages = model.languages.includes('*')
    ? 'All that Whisper knows'
    : model.languages.map((code) => formatLanguage(code)).join(', ');
  return [
    ['Size', `${model.size}, ${model.quantization}`],
    ['File', formatBytes(model.fileBytes)],
    ['Memory', `about ${formatBytes(model.memoryBytesNeeded)} when loaded`],
    ['Languages', languages],
    ['Licence', model.licence],
    ['Origin', model.origin],
    ...(model.sha256 === '' ? [] : [['SHA-256', <span className={classes.sum}>{model.sha256}</span>] as const]),
    ...(model.sha1 === null ? [] : [['SHA-1', <span className={classes.sum}>{model.sha1}</span>] as const]),
    ...model.loadedOn.map(
      ({ worker, backend, device, memoryBytes, busy }, index) =>
        [
          index === 0 ? 'In memory' : '',
          `${worker.host}: ${backend} on ${device}, ${formatBytes(memoryBytes)}${busy > 0 ? `, ${busy} ${busy === 1 ? 'job' : 'jobs'}` : ', idle'}`,
        ] as const,
    ),
  ];
}

interface ModelDetailsProps {
  readonly model: CatalogueModel;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function ModelDetails({ model, opened, onClose }: ModelDetailsProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={model.name}
      centered
      size="lg"
      portalProps={{ target: '#content' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <FactList facts={factsOf(model)} />
    </Modal>
  );
}
