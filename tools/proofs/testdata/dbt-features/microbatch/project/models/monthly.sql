{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2024-01-01', batch_size='month') }}
select id, happened, run from {{ ref('events').render() }} where id > 1
