from . import test_asset, test_asset_refusals, test_asset_rights
