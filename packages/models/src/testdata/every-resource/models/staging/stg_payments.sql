{{ config(materialized='ephemeral', alias='payments_stage') }}
select * from {{ source('raw', 'payments') }}
