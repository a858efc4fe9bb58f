{{ config(materialized='twice', post_hook='create or replace table {{ target.schema }}.hooked as select count(*) as n from {{ this }}') }}
select 1 as id
