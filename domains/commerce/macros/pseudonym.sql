{#
  A stable key in place of a cookie or customer number. Every domain that reads such a number from its own source
  derives the key in the same way, so that ports join, and nobody can turn a key back without the pepper.
#}
{% macro pseudonym(column) -%}
left(sha256('{{ env_var("MESH_PEPPER", "acme-example-pepper") }}:' || {{ column }}), 32)
{%- endmacro %}
