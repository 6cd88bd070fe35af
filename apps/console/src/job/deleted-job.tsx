import { MessageState } from '../shell/message-state';

/** What the pages of a job say when somebody deletes it while it is looked at. */
export function DeletedJob() {
  return (
    <MessageState
      title="This job was deleted"
      text="Its transcript and its recording are gone."
      linkLabel="To the jobs"
      linkHref="/jobs"
    />
  );
}
