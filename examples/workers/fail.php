<?php

/* Throws; the exception is thrown again in the host, where the script's result is awaited. */

declare(strict_types=1);

throw new DomainException('this script has nothing to return');
