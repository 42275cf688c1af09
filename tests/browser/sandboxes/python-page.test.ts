import { pythonSuite } from '../../sandboxes/python-suite.ts';
import { pagePlace } from './place.ts';

pythonSuite(pagePlace());
