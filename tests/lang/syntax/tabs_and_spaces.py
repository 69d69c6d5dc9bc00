# Tabs and spaces must not depend on the width of a tab.
if True:
        x = 1
	y = 2
# expect stderr:   File "tabs_and_spaces.py", line 4
# expect stderr:     y = 2
# expect stderr: TabError: inconsistent use of tabs and spaces in indentation
# expect exit: 1
