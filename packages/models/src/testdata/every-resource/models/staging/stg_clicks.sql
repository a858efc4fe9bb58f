{{ config(enabled=false) }}
select * from {{ source('other', 'clicks') }}
