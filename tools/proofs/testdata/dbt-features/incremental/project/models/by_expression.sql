{{ config(materialized='incremental', unique_key="id % 2", incremental_strategy='delete+insert') }}
select id, word, n from {{ ref('base') }} {% if is_incremental() %}where id = 1{% endif %}
