import { contractSuite } from '../../sandboxes/contract-suite.ts';
import { hostileSuite } from '../../sandboxes/hostile-suite.ts';
import { pagePlace } from './place.ts';

contractSuite(pagePlace());
hostileSuite(pagePlace());
