CREATE INDEX "media_filename_index" ON "media" USING gin ("filename" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "media_stored_index" ON "media" USING btree ("created_at") WHERE "media"."blob_deleted_at" is null;--> statement-breakpoint
CREATE INDEX "transcriptions_started_index" ON "transcriptions" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "transcriptions_work_file_index" ON "transcriptions" USING btree ("state") WHERE "transcriptions"."audio_key" is not null;