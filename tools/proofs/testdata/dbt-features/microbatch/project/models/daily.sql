{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2024-01-01', batch_size='day') }}
select id, happened, run, k from {{ ref('events') }} cross join {{ ref('plain') }}
