import type { Metadata } from 'next';
import { NewTranscription } from '../../../upload/new-transcription';

export const metadata: Metadata = { title: 'New transcription' };

export default function NewPage() {
  return <NewTranscription />;
}
