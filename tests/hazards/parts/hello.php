<?php

return PHP_VERSION . ' ' . (function_exists('opcache_get_status') && opcache_get_status() !== false ? 'with opcache' : 'without opcache');
