CREATE TYPE "public"."benchmark_result_state" AS ENUM('completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."benchmark_state" AS ENUM('queued', 'running', 'completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TABLE "benchmark_results" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"run_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"backend" text NOT NULL,
	"model" text NOT NULL,
	"device" text NOT NULL,
	"threads" integer NOT NULL,
	"batch" integer,
	"state" "benchmark_result_state" NOT NULL,
	"error" jsonb,
	"load_seconds" double precision,
	"audio_seconds" double precision NOT NULL,
	"iterations" jsonb NOT NULL,
	"stable" boolean,
	"clips" jsonb NOT NULL,
	"unsteady_clips" jsonb NOT NULL,
	"skipped_clips" jsonb NOT NULL,
	"profile" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "benchmark_results_run_index_unique" UNIQUE("run_id","index")
);
--> statement-breakpoint
CREATE TABLE "benchmark_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"state" "benchmark_state" DEFAULT 'queued' NOT NULL,
	"order" jsonb NOT NULL,
	"host" text,
	"machine" jsonb,
	"audio" jsonb,
	"progress" jsonb,
	"error" jsonb,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"is_baseline" boolean DEFAULT false NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "model_speeds" ADD COLUMN "source" text DEFAULT 'jobs' NOT NULL;--> statement-breakpoint
ALTER TABLE "benchmark_results" ADD CONSTRAINT "benchmark_results_run_id_benchmark_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."benchmark_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "benchmark_runs_created_index" ON "benchmark_runs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "benchmark_runs_open_index" ON "benchmark_runs" USING btree ("state") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "benchmark_runs_baseline_unique" ON "benchmark_runs" USING btree ("is_baseline") WHERE is_baseline;