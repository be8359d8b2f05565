<?php

return [md5((string) $i), new Counted(strrev("$i"))];
