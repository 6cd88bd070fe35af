CREATE TYPE "public"."attempt_kind" AS ENUM('prepare', 'chunk', 'finish');--> statement-breakpoint
CREATE TYPE "public"."attempt_outcome" AS ENUM('running', 'succeeded', 'failed', 'cancelled', 'lost', 'released');--> statement-breakpoint
CREATE TYPE "public"."chunk_state" AS ENUM('waiting', 'running', 'done', 'quarantined');--> statement-breakpoint
CREATE TYPE "public"."transcription_priority" AS ENUM('low', 'normal', 'high');--> statement-breakpoint
CREATE TYPE "public"."transcription_state" AS ENUM('queued', 'preparing', 'transcribing', 'finishing', 'paused', 'completed', 'partial', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."worker_state" AS ENUM('running', 'draining', 'stopped', 'lost');--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hmac" text NOT NULL,
	"scope" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_hmac_unique" UNIQUE("hmac")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"transcription_id" uuid NOT NULL,
	"chunk_id" uuid,
	"kind" "attempt_kind" NOT NULL,
	"worker_id" uuid,
	"token" bigint,
	"model" text,
	"backend" text,
	"device" text,
	"outcome" "attempt_outcome" DEFAULT 'running' NOT NULL,
	"error" jsonb,
	"windows_committed" integer DEFAULT 0 NOT NULL,
	"duration_seconds" double precision,
	"memory_bytes_change" bigint,
	"memory_bytes_peak" bigint,
	"cpu_percent_mean" double precision,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "chunks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"transcription_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"start_seconds" double precision NOT NULL,
	"end_seconds" double precision NOT NULL,
	"state" "chunk_state" DEFAULT 'waiting' NOT NULL,
	"lease_owner" uuid,
	"lease_until" timestamp with time zone,
	"token" bigint DEFAULT 0 NOT NULL,
	"crashes" integer DEFAULT 0 NOT NULL,
	"native_started_at" timestamp with time zone,
	"worker_losses" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"avoided" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" jsonb,
	CONSTRAINT "chunks_transcription_index_unique" UNIQUE("transcription_id","index")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"transcription_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "events_transcription_seq_unique" UNIQUE("transcription_id","seq")
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"storage_key" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"filename" text NOT NULL,
	"container" text NOT NULL,
	"codec" text,
	"duration_seconds" double precision,
	"channels" bigint,
	"sample_rate_hz" bigint,
	"probe" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"blob_deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "metric_samples" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"sample" jsonb NOT NULL,
	"sampled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_speeds" (
	"host" text NOT NULL,
	"backend" text NOT NULL,
	"model" text NOT NULL,
	"device" text NOT NULL,
	"audio_seconds_per_second" double precision NOT NULL,
	"measurements" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_speeds_host_backend_model_device_pk" PRIMARY KEY("host","backend","model","device")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"transcription_id" uuid NOT NULL,
	"window_index" integer NOT NULL,
	"index" integer NOT NULL,
	"start_seconds" double precision NOT NULL,
	"end_seconds" double precision NOT NULL,
	"text" text NOT NULL,
	"confidence" double precision NOT NULL,
	"words" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "segments_transcription_window_index_unique" UNIQUE("transcription_id","window_index","index")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"hmac" text NOT NULL,
	"scope" text NOT NULL,
	"api_key_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sessions_hmac_unique" UNIQUE("hmac")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transcriptions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"media_id" uuid NOT NULL,
	"api_key_id" uuid,
	"state" "transcription_state" DEFAULT 'queued' NOT NULL,
	"state_before_pause" "transcription_state",
	"priority" "transcription_priority" DEFAULT 'normal' NOT NULL,
	"options" jsonb NOT NULL,
	"requested_model" text,
	"model" text,
	"backend" text,
	"device" text,
	"candidates" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"idempotency_key" text,
	"audio_key" text,
	"audio_seconds" double precision,
	"speech_seconds" double precision,
	"planned_seconds" double precision DEFAULT 0 NOT NULL,
	"committed_seconds" double precision DEFAULT 0 NOT NULL,
	"chunks_total" integer DEFAULT 0 NOT NULL,
	"chunks_done" integer DEFAULT 0 NOT NULL,
	"language" text,
	"text" text,
	"word_count" integer,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" jsonb,
	"event_seq" integer DEFAULT 0 NOT NULL,
	"retries" integer DEFAULT 0 NOT NULL,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"lease_owner" uuid,
	"lease_until" timestamp with time zone,
	"token" bigint DEFAULT 0 NOT NULL,
	"step_failures" integer DEFAULT 0 NOT NULL,
	"inference_seconds" double precision DEFAULT 0 NOT NULL,
	"memory_bytes_peak" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "windows" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"transcription_id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"start_seconds" double precision NOT NULL,
	"end_seconds" double precision NOT NULL,
	"committed_at" timestamp with time zone,
	"token" bigint,
	"worker_id" uuid,
	"language" text,
	"language_confidence" double precision,
	"inference_seconds" double precision,
	CONSTRAINT "windows_transcription_index_unique" UNIQUE("transcription_id","index")
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pool_id" text,
	"lock_key" bigint NOT NULL,
	"instance_id" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"version" text NOT NULL,
	"state" "worker_state" DEFAULT 'running' NOT NULL,
	"slots" integer NOT NULL,
	"slots_busy" integer DEFAULT 0 NOT NULL,
	"threads_per_inference" integer NOT NULL,
	"cpu_percent" double precision,
	"memory_bytes" bigint,
	"backends" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"loaded_models" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"fenced_writes" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_transcription_id_transcriptions_id_fk" FOREIGN KEY ("transcription_id") REFERENCES "public"."transcriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_chunk_id_chunks_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_transcription_id_transcriptions_id_fk" FOREIGN KEY ("transcription_id") REFERENCES "public"."transcriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_transcription_id_transcriptions_id_fk" FOREIGN KEY ("transcription_id") REFERENCES "public"."transcriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transcriptions" ADD CONSTRAINT "transcriptions_media_id_media_id_fk" FOREIGN KEY ("media_id") REFERENCES "public"."media"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transcriptions" ADD CONSTRAINT "transcriptions_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "windows" ADD CONSTRAINT "windows_transcription_id_transcriptions_id_fk" FOREIGN KEY ("transcription_id") REFERENCES "public"."transcriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "windows" ADD CONSTRAINT "windows_chunk_id_chunks_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_transcription_index" ON "attempts" USING btree ("transcription_id","started_at");--> statement-breakpoint
CREATE INDEX "chunks_lease_index" ON "chunks" USING btree ("lease_until") WHERE "chunks"."state" = 'running';--> statement-breakpoint
CREATE INDEX "events_xid_index" ON "events" USING btree ("xid","id");--> statement-breakpoint
CREATE INDEX "events_created_index" ON "events" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "media_sha256_index" ON "media" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "metric_samples_sampled_index" ON "metric_samples" USING btree ("sampled_at");--> statement-breakpoint
CREATE INDEX "transcriptions_created_index" ON "transcriptions" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "transcriptions_state_index" ON "transcriptions" USING btree ("state","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "transcriptions_media_index" ON "transcriptions" USING btree ("media_id");--> statement-breakpoint
CREATE UNIQUE INDEX "transcriptions_idempotency_index" ON "transcriptions" USING btree ("api_key_id","idempotency_key") WHERE "transcriptions"."idempotency_key" is not null;--> statement-breakpoint
CREATE INDEX "windows_chunk_index" ON "windows" USING btree ("chunk_id");