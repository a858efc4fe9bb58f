{{ config(materialized='view', persist_docs={'relation': true}) }}
select id from {{ ref('typed') }}
