'use client';

import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';
import { useClient } from 'urql';
import { describeError } from '../api/session-errors';
import type { BenchmarkFormat } from '../gql/graphql';
import { BenchmarkReportDocument } from './benchmark-documents';

const FORMATS: readonly {
  readonly format: BenchmarkFormat;
  readonly label: string;
  readonly type: string;
  readonly ending: string;
}[] = [
  { format: 'CSV', label: 'CSV', type: 'text/csv', ending: 'csv' },
  { format: 'JSON', label: 'JSON', type: 'application/json', ending: 'json' },
  { format: 'MARKDOWN', label: 'Markdown', type: 'text/markdown', ending: 'md' },
];

function save(text: string, type: string, filename: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = filename;
  link.click();
  // The download has its own hold on the data by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

export function BenchmarkExport({ id, createdAt }: { readonly id: string; readonly createdAt: string }) {
  const client = useClient();
  const download = async ({ format, type, ending }: (typeof FORMATS)[number]) => {
    const { data, error } = await client.query(BenchmarkReportDocument, { id, format }).toPromise();
    const report = data?.benchmarkRun?.report;
    if (report !== undefined) return save(report, type, `benchmark-${createdAt.slice(0, 10)}.${ending}`);
    notifications.show({
      color: 'red',
      title: 'Not downloaded',
      message: error === undefined ? 'This run is no longer there.' : describeError(error),
    });
  };
  return (
    <Menu position="bottom-end" portalProps={{ target: '#content' }}>
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<IconDownload size={16} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((choice) => (
          <Menu.Item key={choice.format} onClick={() => void download(choice)}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
