{{ config(severity='warn', store_failures=true, alias='kept_singular') }}
select * from {{ ref('numbers') }} where n > 3
