/** The API below `/api/v1`: who, models, shares. */
import { Hono } from 'hono';
import { address } from '../middleware/address.ts';
import { authenticate, only } from '../middleware/authenticate.ts';
import { samePlace } from '../middleware/same-place.ts';
import type { ApiEnvironment, Services } from '../services.ts';
import { accessApi } from './access.ts';
import { compileApi } from './compile.ts';
import { modelsApi } from './models.ts';
import { sharesApi } from './shares.ts';

export function createApi(services: Services) {
  const { config } = services;
  const app = new Hono<ApiEnvironment>();
  app.use(address(config.proxies));
  app.use(samePlace(config.origins));
  return app
    .get('/metrics', authenticate(services), only('owner'), (context) => {
      context.header('content-type', 'text/plain; version=0.0.4');
      return context.body(services.metrics.text());
    })
    .route('/', accessApi(services))
    .route('/', modelsApi(services))
    .route('/', sharesApi(services))
    .route('/', compileApi(services));
}
