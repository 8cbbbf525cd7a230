"""Reports: checked, written safely, told apart from what people wrote."""
