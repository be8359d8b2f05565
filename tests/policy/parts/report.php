<?php

declare(strict_types=1);

/** What the file before this script has been told. */

return $GLOBALS['outcomes'];
