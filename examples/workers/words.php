<?php

/* Arguments: a text. Returns how often each word occurs, the most frequent first. */

declare(strict_types=1);

$counts = array_count_values(str_word_count(strtolower($argv[1]), 1));
arsort($counts);

return $counts;
