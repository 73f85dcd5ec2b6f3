from . import test_asset, test_asset_chunks, test_asset_impact, test_asset_queue
from . import test_asset_refusals, test_asset_rights
