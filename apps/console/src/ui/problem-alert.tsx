import { Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import classes from './problem-alert.module.css';

interface ProblemAlertProps {
  readonly title: string;
  readonly message: string;
  readonly tone?: 'failed' | 'warned';
  readonly onRetry?: () => void;
}

export function ProblemAlert({ title, message, tone = 'failed', onRetry }: ProblemAlertProps) {
  return (
    <div className={classes.alert} data-tone={tone} role={tone === 'failed' ? 'alert' : 'status'}>
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <div className={classes.text}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm">{message}</Text>
      </div>
      {onRetry === undefined ? null : (
        <Group>
          <Button variant="default" size="compact-sm" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </div>
  );
}
