create table product (
  id text primary key,
  domain text not null,
  product text not null,
  version text not null,
  revision integer not null,
  status text not null,
  owner text,
  tags jsonb not null,
  record jsonb not null,
  published_at timestamptz(3) not null,
  lineage_at timestamptz(3),
  consumers jsonb not null,
  unique (domain, product)
);
--> statement-breakpoint
create table version (
  product_id text not null references product (id) on update cascade on delete cascade,
  version text not null,
  revision integer not null,
  status text not null,
  content_hash text not null,
  promise_hash text not null,
  changed_promises boolean not null,
  contract text not null,
  file text,
  record jsonb not null,
  git jsonb,
  typescript jsonb,
  published_at timestamptz(3) not null,
  primary key (product_id, version, revision)
);
--> statement-breakpoint
create table run (
  product_id text not null references product (id) on update cascade on delete cascade,
  run_id text not null,
  version text not null,
  hash text not null,
  started_at timestamptz(3) not null,
  body jsonb not null,
  git jsonb,
  ports jsonb not null,
  compliance jsonb not null,
  primary key (product_id, run_id)
);
--> statement-breakpoint
create index run_latest on run (product_id, started_at desc);
--> statement-breakpoint
create table check_result (
  product_id text not null,
  run_id text not null,
  position integer not null,
  port text not null,
  name text not null,
  status text not null,
  at timestamptz(3) not null,
  body jsonb not null,
  primary key (product_id, run_id, position),
  foreign key (product_id, run_id) references run (product_id, run_id) on update cascade on delete cascade
);
--> statement-breakpoint
create index check_history on check_result (product_id, port, name, at desc);
--> statement-breakpoint
create table check_latest (
  product_id text not null references product (id) on update cascade on delete cascade,
  port text not null,
  name text not null,
  version text not null,
  run_id text not null,
  environment text,
  at timestamptz(3) not null,
  body jsonb not null,
  primary key (product_id, port, name)
);
--> statement-breakpoint
create table lineage_input (
  product_id text not null references product (id) on update cascade on delete cascade,
  origin text not null,
  source text not null,
  label text not null,
  primary key (product_id, origin, label)
);
--> statement-breakpoint
create index lineage_readers on lineage_input (source);
--> statement-breakpoint
create table lineage_column (
  product_id text not null references product (id) on update cascade on delete cascade,
  position integer not null,
  source text not null,
  body jsonb not null,
  primary key (product_id, position)
);
--> statement-breakpoint
create index lineage_column_readers on lineage_column (source);
--> statement-breakpoint
create table term (
  product_id text not null references product (id) on update cascade on delete cascade,
  position integer not null,
  kind text not null,
  text text not null,
  folded text not null,
  port text,
  primary key (product_id, position)
);
--> statement-breakpoint
create table lineage_event (
  hash text primary key,
  job text not null,
  event_time timestamptz(3) not null,
  received_at timestamptz(3) not null,
  body jsonb not null
);
--> statement-breakpoint
create index lineage_event_job on lineage_event (job, event_time desc);
