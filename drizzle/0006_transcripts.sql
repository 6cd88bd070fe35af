CREATE TABLE "segment_revisions" (
	"segment_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"text" text NOT NULL,
	"words" jsonb NOT NULL,
	"confidence" double precision NOT NULL,
	"edited_at" timestamp with time zone,
	"edited_by" text,
	CONSTRAINT "segment_revisions_segment_id_revision_pk" PRIMARY KEY("segment_id","revision")
);
--> statement-breakpoint
CREATE TABLE "sound_outlines" (
	"transcription_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"speech_milliseconds" jsonb,
	"peaks" "bytea" NOT NULL,
	"peak_seconds" double precision NOT NULL,
	CONSTRAINT "sound_outlines_transcription_id_channel_pk" PRIMARY KEY("transcription_id","channel")
);
--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "channel" integer;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "edited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "transcriptions" ADD COLUMN "edited_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "windows" ADD COLUMN "channel" integer;--> statement-breakpoint
ALTER TABLE "windows" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "segment_revisions" ADD CONSTRAINT "segment_revisions_segment_id_segments_id_fk" FOREIGN KEY ("segment_id") REFERENCES "public"."segments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sound_outlines" ADD CONSTRAINT "sound_outlines_transcription_id_transcriptions_id_fk" FOREIGN KEY ("transcription_id") REFERENCES "public"."transcriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "segments_reading_index" ON "segments" USING btree ("transcription_id","start_seconds","window_index","index");--> statement-breakpoint
CREATE INDEX "segments_search_index" ON "segments" USING gin ("search");