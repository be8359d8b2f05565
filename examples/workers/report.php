<?php

/* Arguments: a name. Prints a piece of HTML; the page that runs this script has it in its own output. */

declare(strict_types=1);

printf("<p>%s was greeted by a guest with PHP_ZTS=%d.</p>\n", htmlspecialchars($argv[1]), PHP_ZTS);

return strlen($argv[1]);
