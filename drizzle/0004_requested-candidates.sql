ALTER TABLE "transcriptions" ADD COLUMN "requested_backend" text;--> statement-breakpoint
ALTER TABLE "transcriptions" ADD COLUMN "requested_device" text;--> statement-breakpoint
ALTER TABLE "transcriptions" ADD COLUMN "device_actual" text;