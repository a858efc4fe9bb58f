{{ config(materialized='table', schema='side', pre_hook="insert into {{ target.schema }}.audit values ('never', 'seen')") }}
select 1 / nope as id
