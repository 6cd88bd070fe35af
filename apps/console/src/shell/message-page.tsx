import { Container } from '@mantine/core';
import { MessageState, type Message } from './message-state';

/** A page of its own, outside the console's frame. */
export function MessagePage(message: Message) {
  return (
    <Container component="main" size="xs" py="xl">
      <MessageState {...message} />
    </Container>
  );
}
