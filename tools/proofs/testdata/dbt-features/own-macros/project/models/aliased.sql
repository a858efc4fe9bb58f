{{ config(materialized='table', alias='called') }}
select * from {{ ref('seen') }}
