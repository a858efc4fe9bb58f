{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2024-01-01', batch_size='hour') }}
select id, happened, run from {{ ref('events') }}
