"""Writes great-expectations.json: what Great Expectations itself says to a table of cases.

    pip install great_expectations pandas
    python great-expectations.py > great-expectations.json
"""
import json
import logging
import sys
import warnings

import great_expectations as gx
import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

TABLES = {
    "numbers": {"types": {"id": "BIGINT", "n": "DOUBLE", "m": "DOUBLE"}, "rows": [[1, 1, 2], [2, 2, 2], [3, 2, None], [4, None, None], [5, 9, 1], [6, 10, None]]},
    "words": {"types": {"id": "BIGINT", "w": "VARCHAR", "v": "VARCHAR"}, "rows": [[1, "a", "a"], [2, "bb", "x"], [3, "bb", None], [4, None, None], [5, "ccc", "ccc"], [6, "", "y"]]},
    "empty": {"types": {"id": "BIGINT", "n": "DOUBLE", "w": "VARCHAR"}, "rows": []},
    "nulls": {"types": {"id": "BIGINT", "n": "DOUBLE", "w": "VARCHAR"}, "rows": [[1, None, None], [2, None, None]]},
    "hundred": {"types": {"id": "BIGINT", "n": "DOUBLE"}, "rows": [[i, None if i == 0 else i] for i in range(100)]},
    "pairs": {"types": {"a": "DOUBLE", "b": "DOUBLE"}, "rows": [[2, 1], [2, 2], [1, 2], [None, 1], [1, None], [None, None]]},
    "keys": {"types": {"a": "VARCHAR", "b": "VARCHAR"}, "rows": [["x", "1"], ["x", "2"], ["x", "1"], ["y", None], ["y", None], [None, None], [None, None]]},
    "sums": {"types": {"a": "DOUBLE", "b": "DOUBLE", "c": "DOUBLE"}, "rows": [[1, 2, 3], [2, 2, 2], [1, 1, 1], [6, 0, 0]]},
}

CASES = [
    ("numbers", "expect_column_values_to_not_be_null", {"column": "n"}),
    ("numbers", "expect_column_values_to_not_be_null", {"column": "n", "mostly": 0.8}),
    ("numbers", "expect_column_values_to_not_be_null", {"column": "n", "mostly": 0.9}),
    ("numbers", "expect_column_values_to_not_be_null", {"column": "id"}),
    ("hundred", "expect_column_values_to_not_be_null", {"column": "n", "mostly": 0.99}),
    ("hundred", "expect_column_values_to_not_be_null", {"column": "n", "mostly": 0.991}),
    ("empty", "expect_column_values_to_not_be_null", {"column": "n"}),
    ("nulls", "expect_column_values_to_not_be_null", {"column": "n"}),
    ("numbers", "expect_column_values_to_be_null", {"column": "n"}),
    ("nulls", "expect_column_values_to_be_null", {"column": "n"}),
    ("numbers", "expect_column_values_to_be_null", {"column": "m", "mostly": 0.5}),
    ("empty", "expect_column_values_to_be_null", {"column": "n"}),
    ("numbers", "expect_column_values_to_be_unique", {"column": "n"}),
    ("numbers", "expect_column_values_to_be_unique", {"column": "n", "mostly": 0.6}),
    ("numbers", "expect_column_values_to_be_unique", {"column": "id"}),
    ("nulls", "expect_column_values_to_be_unique", {"column": "n"}),
    ("empty", "expect_column_values_to_be_unique", {"column": "n"}),
    ("words", "expect_column_values_to_be_unique", {"column": "w"}),
    ("words", "expect_column_values_to_be_in_set", {"column": "w", "value_set": ["a", "bb"]}),
    ("words", "expect_column_values_to_be_in_set", {"column": "w", "value_set": ["a", "bb", "ccc", ""]}),
    ("words", "expect_column_values_to_be_in_set", {"column": "w", "value_set": ["a", "bb"], "mostly": 0.6}),
    ("words", "expect_column_values_to_be_in_set", {"column": "w", "value_set": []}),
    ("nulls", "expect_column_values_to_be_in_set", {"column": "w", "value_set": ["a"]}),
    ("numbers", "expect_column_values_to_be_in_set", {"column": "n", "value_set": [1, 2, 9, 10]}),
    ("words", "expect_column_values_to_not_be_in_set", {"column": "w", "value_set": ["a", "zz"]}),
    ("words", "expect_column_values_to_not_be_in_set", {"column": "w", "value_set": ["zz"]}),
    ("words", "expect_column_values_to_not_be_in_set", {"column": "w", "value_set": ["a"], "mostly": 0.8}),
    ("numbers", "expect_column_values_to_be_between", {"column": "n", "min_value": 1, "max_value": 10}),
    ("numbers", "expect_column_values_to_be_between", {"column": "n", "min_value": 1, "max_value": 10, "strict_min": True}),
    ("numbers", "expect_column_values_to_be_between", {"column": "n", "min_value": 1, "max_value": 10, "strict_max": True}),
    ("numbers", "expect_column_values_to_be_between", {"column": "n", "min_value": 2}),
    ("numbers", "expect_column_values_to_be_between", {"column": "n", "max_value": 9, "mostly": 0.8}),
    ("nulls", "expect_column_values_to_be_between", {"column": "n", "min_value": 2}),
    ("empty", "expect_column_values_to_be_between", {"column": "n", "min_value": 2}),
    ("words", "expect_column_values_to_match_regex", {"column": "w", "regex": "b"}),
    ("words", "expect_column_values_to_match_regex", {"column": "w", "regex": "^[a-c]*$"}),
    ("words", "expect_column_values_to_match_regex", {"column": "w", "regex": "c"}),
    ("words", "expect_column_values_to_match_regex", {"column": "w", "regex": "", "mostly": 1.0}),
    ("words", "expect_column_values_to_not_match_regex", {"column": "w", "regex": "b"}),
    ("words", "expect_column_values_to_not_match_regex", {"column": "w", "regex": "z"}),
    ("words", "expect_column_values_to_match_regex_list", {"column": "w", "regex_list": ["^a", "^b", "^c"]}),
    ("words", "expect_column_values_to_match_regex_list", {"column": "w", "regex_list": ["^a", "b"], "match_on": "all"}),
    ("words", "expect_column_values_to_match_regex_list", {"column": "w", "regex_list": ["^[a-c]*$", "^.*$"], "match_on": "all"}),
    ("words", "expect_column_values_to_not_match_regex_list", {"column": "w", "regex_list": ["^z", "bb"]}),
    ("words", "expect_column_value_lengths_to_be_between", {"column": "w", "min_value": 1, "max_value": 3}),
    ("words", "expect_column_value_lengths_to_be_between", {"column": "w", "max_value": 3}),
    ("words", "expect_column_value_lengths_to_be_between", {"column": "w", "min_value": 0, "max_value": 3, "strict_max": True}),
    ("words", "expect_column_value_lengths_to_equal", {"column": "w", "value": 2}),
    ("words", "expect_column_value_lengths_to_equal", {"column": "w", "value": 2, "mostly": 0.4}),
    ("numbers", "expect_column_min_to_be_between", {"column": "n", "min_value": 1, "max_value": 1}),
    ("numbers", "expect_column_min_to_be_between", {"column": "n", "min_value": 1, "strict_min": True}),
    ("numbers", "expect_column_max_to_be_between", {"column": "n", "min_value": 10, "max_value": 20}),
    ("empty", "expect_column_max_to_be_between", {"column": "n", "min_value": 0}),
    ("nulls", "expect_column_min_to_be_between", {"column": "n", "min_value": 0}),
    ("numbers", "expect_column_mean_to_be_between", {"column": "n", "min_value": 4.8, "max_value": 4.8}),
    ("numbers", "expect_column_mean_to_be_between", {"column": "n", "min_value": 4.9}),
    ("numbers", "expect_column_median_to_be_between", {"column": "n", "min_value": 2, "max_value": 2}),
    ("hundred", "expect_column_median_to_be_between", {"column": "id", "min_value": 49.5, "max_value": 49.5}),
    ("numbers", "expect_column_sum_to_be_between", {"column": "n", "min_value": 24, "max_value": 24}),
    ("numbers", "expect_column_stdev_to_be_between", {"column": "n", "min_value": 4.32, "max_value": 4.33}),
    ("numbers", "expect_column_stdev_to_be_between", {"column": "n", "min_value": 3.8, "max_value": 3.9}),
    ("numbers", "expect_column_unique_value_count_to_be_between", {"column": "n", "min_value": 4, "max_value": 4}),
    ("nulls", "expect_column_unique_value_count_to_be_between", {"column": "n", "min_value": 0, "max_value": 0}),
    ("numbers", "expect_column_proportion_of_unique_values_to_be_between", {"column": "n", "min_value": 0.8, "max_value": 0.8}),
    ("numbers", "expect_column_proportion_of_unique_values_to_be_between", {"column": "m", "min_value": 0.6, "max_value": 0.7}),
    ("numbers", "expect_column_quantile_values_to_be_between", {"column": "id", "quantile_ranges": {"quantiles": [0, 0.5, 1], "value_ranges": [[1, 1], [3, 4], [6, 6]]}}),
    ("numbers", "expect_column_quantile_values_to_be_between", {"column": "id", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[5, None]]}}),
    ("words", "expect_column_distinct_values_to_be_in_set", {"column": "w", "value_set": ["a", "bb", "ccc", "", "more"]}),
    ("words", "expect_column_distinct_values_to_be_in_set", {"column": "w", "value_set": ["a", "bb"]}),
    ("words", "expect_column_distinct_values_to_equal_set", {"column": "w", "value_set": ["a", "bb", "ccc", ""]}),
    ("words", "expect_column_distinct_values_to_equal_set", {"column": "w", "value_set": ["a", "bb", "ccc", "", "more"]}),
    ("words", "expect_column_distinct_values_to_contain_set", {"column": "w", "value_set": ["a", "bb"]}),
    ("words", "expect_column_distinct_values_to_contain_set", {"column": "w", "value_set": ["a", "more"]}),
    ("words", "expect_column_most_common_value_to_be_in_set", {"column": "w", "value_set": ["bb", "x"]}),
    ("words", "expect_column_most_common_value_to_be_in_set", {"column": "w", "value_set": ["a"]}),
    ("words", "expect_column_most_common_value_to_be_in_set", {"column": "v", "value_set": ["a"]}),
    ("words", "expect_column_most_common_value_to_be_in_set", {"column": "v", "value_set": ["a"], "ties_okay": True}),
    ("pairs", "expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "b"}),
    ("pairs", "expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "b", "or_equal": True, "ignore_row_if": "either_value_is_missing"}),
    ("pairs", "expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "b", "or_equal": True, "ignore_row_if": "either_value_is_missing", "mostly": 0.6}),
    ("pairs", "expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "b", "ignore_row_if": "either_value_is_missing"}),
    ("pairs", "expect_column_pair_values_to_be_equal", {"column_A": "a", "column_B": "b"}),
    ("pairs", "expect_column_pair_values_to_be_in_set", {"column_A": "a", "column_B": "b", "value_pairs_set": [[2, 1], [2, 2]], "ignore_row_if": "either_value_is_missing"}),
    ("keys", "expect_compound_columns_to_be_unique", {"column_list": ["a", "b"]}),
    ("keys", "expect_compound_columns_to_be_unique", {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"}),
    ("keys", "expect_compound_columns_to_be_unique", {"column_list": ["a", "b"], "ignore_row_if": "never"}),
    ("sums", "expect_compound_columns_to_be_unique", {"column_list": ["a", "b", "c"]}),
    ("sums", "expect_multicolumn_sum_to_equal", {"column_list": ["a", "b", "c"], "sum_total": 6}),
    ("sums", "expect_multicolumn_sum_to_equal", {"column_list": ["a", "b", "c"], "sum_total": 6, "mostly": 0.75}),
    ("sums", "expect_select_column_values_to_be_unique_within_record", {"column_list": ["a", "b", "c"]}),
    ("numbers", "expect_table_row_count_to_be_between", {"min_value": 6, "max_value": 6}),
    ("numbers", "expect_table_row_count_to_be_between", {"min_value": 7}),
    ("empty", "expect_table_row_count_to_equal", {"value": 0}),
    ("numbers", "expect_table_row_count_to_equal", {"value": 5}),
    ("numbers", "expect_table_column_count_to_equal", {"value": 3}),
    ("numbers", "expect_table_column_count_to_be_between", {"min_value": 1, "max_value": 2}),
    ("numbers", "expect_table_columns_to_match_set", {"column_set": ["n", "id", "m"]}),
    ("numbers", "expect_table_columns_to_match_set", {"column_set": ["n", "id"]}),
    ("numbers", "expect_table_columns_to_match_set", {"column_set": ["n", "id"], "exact_match": False}),
    ("numbers", "expect_table_columns_to_match_set", {"column_set": ["n", "zz"], "exact_match": False}),
    ("numbers", "expect_table_columns_to_match_ordered_list", {"column_list": ["id", "n", "m"]}),
    ("numbers", "expect_table_columns_to_match_ordered_list", {"column_list": ["n", "id", "m"]}),
    ("numbers", "expect_column_to_exist", {"column": "n"}),
    ("numbers", "expect_column_to_exist", {"column": "zz"}),
    ("numbers", "expect_column_to_exist", {"column": "n", "column_index": 1}),
    ("numbers", "expect_column_to_exist", {"column": "n", "column_index": 0}),
    ("numbers", "expect_column_values_to_be_increasing", {"column": "n"}),
    ("numbers", "expect_column_values_to_be_increasing", {"column": "n", "strictly": True}),
    ("numbers", "expect_column_values_to_be_decreasing", {"column": "n"}),
    ("words", "expect_column_values_to_be_json_parseable", {"column": "w"}),
]


def frame(table):
    names = list(table["types"])
    data = pd.DataFrame(table["rows"], columns=names)
    for name, kind in table["types"].items():
        data[name] = data[name].astype({"BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "object"}[kind])
    return data


def plain(value):
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, (list, dict, str, int, float, bool)) or value is None:
        return value
    return str(value)


def class_of(name):
    special = {"expect_column_pair_values_a_to_be_greater_than_b": "ExpectColumnPairValuesAToBeGreaterThanB"}
    return getattr(gx.expectations, special.get(name, "".join(part.capitalize() for part in name.split("_"))))


context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_pandas("pandas")
cases = []
for table, name, kwargs in CASES:
    asset = source.add_dataframe_asset(f"{table}_{len(cases)}")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame(TABLES[table])})
    try:
        result = batch.validate(class_of(name)(**kwargs))
    except Exception as error:
        print(f"{name} {kwargs}: {error}", file=sys.stderr)
        continue
    if (result.exception_info or {}).get("raised_exception"):
        print(f"{name} {kwargs}: raised", file=sys.stderr)
        continue
    found = result.result or {}
    cases.append(
        {
            "table": table,
            "expectation": name,
            "kwargs": kwargs,
            "success": bool(result.success),
            "unexpected_count": found.get("unexpected_count"),
            "observed_value": plain(found.get("observed_value")),
        }
    )
print(json.dumps({"version": gx.__version__, "tables": TABLES, "cases": cases}, separators=(",", ":")).replace('{"table"', '\n{"table"'))
