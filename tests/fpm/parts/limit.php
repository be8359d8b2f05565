<?php

echo 'script ', @ini_set('memory_limit', '1G') === false ? 'may not' : 'may', ' ', ini_get('memory_limit'), "\n";
