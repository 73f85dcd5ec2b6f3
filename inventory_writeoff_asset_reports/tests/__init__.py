from . import test_asset_reports
