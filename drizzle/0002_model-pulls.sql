CREATE TYPE "public"."model_pull_state" AS ENUM('queued', 'running', 'succeeded', 'failed', 'cancelled');--> statement-breakpoint
CREATE TABLE "model_pulls" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"model" text NOT NULL,
	"state" "model_pull_state" DEFAULT 'queued' NOT NULL,
	"bytes_done" bigint DEFAULT 0 NOT NULL,
	"bytes_total" bigint NOT NULL,
	"bytes_per_second" double precision,
	"error" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"lease_until" timestamp with time zone,
	"token" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "model_pulls_active_unique" ON "model_pulls" USING btree ("model") WHERE "model_pulls"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "model_pulls_model_index" ON "model_pulls" USING btree ("model","created_at");