{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}) }}
select id, price from {{ ref('typed') }}
